select count(* from process
