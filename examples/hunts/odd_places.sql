-- Programs that run from %TEMP%, %APPDATA% and other places where programs do not live. ATT&CK T1204, T1036.005.
SELECT time, host, account, new_process, suspicious_path_reason(new_process) AS why, command_line
FROM process
WHERE suspicious_path(new_process)
ORDER BY time, host, record_id;
