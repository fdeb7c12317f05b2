select comand_line from process
