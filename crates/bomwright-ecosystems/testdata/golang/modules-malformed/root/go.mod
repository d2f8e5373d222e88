require (
	example.com/a v1.0.0
	example.com/b
	example.com/c v1 => v2
)
nonsense
