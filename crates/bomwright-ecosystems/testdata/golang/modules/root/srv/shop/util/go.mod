module example.com/shop/util
go 1.21
