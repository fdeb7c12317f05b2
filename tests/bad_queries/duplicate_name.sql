select a.host as x, b.host as x from process a, process b
