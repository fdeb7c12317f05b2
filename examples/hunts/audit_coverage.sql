-- Is process auditing on, and does it log command lines? One row for each host and source of events.
-- No row for a host: no process was logged at all. A share of 0: "Include command line in process creation events"
-- is off (Administrative Templates > System > Audit Process Creation).
SELECT host, source, count(*) AS processes,
       round(100.0 * count(*) FILTER (WHERE command_line <> '') / count(*), 1) AS percent_with_command_line,
       min(time) AS first_event, max(time) AS last_event
FROM process
GROUP BY host, source
ORDER BY host, source;
