Gem::Specification.new do |s|
  s.name = compute_name
  s.version = "1"
end
