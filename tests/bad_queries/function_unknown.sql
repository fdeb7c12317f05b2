select frobnicate(host) from process
