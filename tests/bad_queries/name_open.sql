select "host from process
