select cast(host as int) from process
