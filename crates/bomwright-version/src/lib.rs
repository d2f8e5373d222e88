//! Version strings of each packaging scheme: parse and order.
