select basenam(new_process) from process
