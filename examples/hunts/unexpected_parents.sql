-- Unexpected parents: Word starting PowerShell, explorer starting cmd, a web server starting a shell.
-- `why` says what is odd about the pair. ATT&CK T1204.002, T1059.
SELECT time, host, account, basename(creator_process) AS parent, basename(new_process) AS child,
       suspicious_parent_reason(creator_process, new_process) AS why, command_line
FROM process
WHERE suspicious_parent(creator_process, new_process)
ORDER BY time, host, record_id;
