select x.host from process p
