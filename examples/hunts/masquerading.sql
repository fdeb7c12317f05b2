-- Programs that pass themselves off as something else: a system name in the wrong folder, a look-alike name,
-- a double extension. ATT&CK T1036.
SELECT time, host, account, new_process, masquerades_reason(new_process) AS why, command_line
FROM process
WHERE masquerades(new_process)
ORDER BY time, host, record_id;
