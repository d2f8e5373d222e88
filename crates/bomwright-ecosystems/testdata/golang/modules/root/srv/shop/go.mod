module example.com/shop

go 1.21

replace example.com/shop/util => ./util

replace github.com/pkg/errors v0.9.1 => github.com/pkg/errors v0.9.0

require github.com/pkg/errors v0.9.1

require golang.org/x/text v0.14.0

require github.com/spf13/cobra v1.8.0

require example.com/shop/util v0.0.0

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/pflag v1.0.5 // indirect
)
