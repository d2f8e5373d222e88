Gem::Specification.new do |s|
  s.name = "c"
  s.version = "1"
  s.summary = "café"
end
