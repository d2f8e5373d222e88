Gem::Specification.new do |s|
  s.name = "web"
  s.version = "2.1.0"
end
