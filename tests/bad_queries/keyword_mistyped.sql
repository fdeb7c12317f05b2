selct * from process
