Gem::Specification.new do |s|
  s.name = "b"
  s.version = "1"
  s.licenses = ["open
  s.add_runtime_dependency(%q<
  s.summary = "bad \u00"
end
