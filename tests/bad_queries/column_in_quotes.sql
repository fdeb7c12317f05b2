select "Host" from process
