"""Hunts over a lake beside DuckDB on the same Parquet files: CPU and wall time as ratios, the least of several rounds.

Usage: python3 benches/beside_duckdb.py TRAILHOUND LAKE [ROUNDS]     (needs `pip install duckdb`)

DuckDB has no hunting functions: it is given regular expressions of the same intent, so the rows differ.
"""
import duckdb,subprocess,time,sys,resource,os
TH=sys.argv[1]; LAKE=sys.argv[2]; rounds=int(sys.argv[3]) if len(sys.argv)>3 else 3
duck={
'count':"select count(*) from p",
'parents':"""select time,host,account,creator_process,new_process,command_line from p where
 regexp_matches(lower(creator_process), '\\\\(winword|excel|powerpnt|outlook|explorer|w3wp|sqlservr|wmiprvse|services|mshta|chrome|firefox|msedge|acrord32)\\.exe$')
 and regexp_matches(lower(new_process), '\\\\(cmd|powershell|pwsh|wscript|cscript|mshta|rundll32|regsvr32)\\.exe$') order by time,host,record_id""",
'encoded':"""select time,host,account,command_line from p where regexp_matches(command_line, '(?i)(powershell|pwsh).*\\s[-/\u2013\u2014\u2015]e(c|n|nc|nco|ncod|ncode|ncoded|ncodedc[a-z]*)?[\\s:]') order by time,host,record_id""",
'account':"""select time,host,account,command_line from p where regexp_matches(command_line, '(?i)\\bnet1?(\\.exe)?"?\\s+(user|localgroup|group)\\s.*/a(d|dd)?\\b') or command_line ilike '%new-localuser%' order by time,host,record_id""",
'places':"""select time,host,account,new_process,command_line from p where regexp_matches(lower(new_process), '\\\\(temp|appdata|downloads|public|perflogs|\\$recycle\\.bin|programdata)\\\\') order by time,host,record_id""",
}
ours={
'count':"select count(*) from process",
'parents':"select time,host,account,creator_process,new_process,command_line from process where suspicious_parent(creator_process,new_process) order by time,host,record_id",
'encoded':"select time,host,account,command_line from process where is_encoded_ps(command_line) order by time,host,record_id",
'account':"select time,host,account,command_line from process where is_account_creation(command_line) order by time,host,record_id",
'places':"select time,host,account,new_process,command_line from process where suspicious_path(new_process) order by time,host,record_id",
}
duckscript='''
import duckdb,sys
c=duckdb.connect(); c.execute("set threads=2"); c.execute("set enable_progress_bar=false")
c.execute("create view p as select * from read_parquet('%s/date=*/*.parquet')")
r=c.execute(sys.argv[1]).fetch_arrow_table() if False else c.execute(sys.argv[1]).fetchall()
print(len(r))
'''%LAKE
def run(cmd):
    r0=resource.getrusage(resource.RUSAGE_CHILDREN); t=time.time()
    out=subprocess.run(cmd,capture_output=True,text=True)
    w=time.time()-t; r1=resource.getrusage(resource.RUSAGE_CHILDREN)
    return w,(r1.ru_utime-r0.ru_utime)+(r1.ru_stime-r0.ru_stime),out
base=min(run([sys.executable,'-c','import duckdb;c=duckdb.connect();c.execute("select 1").fetchall()'])[1] for _ in range(3))
print('python+duckdb start-up cpu %.3f'%base)
for k in ours:
    bo=bd=None
    for i in range(rounds):
        w,c,o=run([TH,'query',LAKE,ours[k],'--format','csv','--threads','2'])
        if o.returncode: print(o.stderr[:500])
        n=o.stdout.count('\n')-1
        if bo is None or c<bo[1]: bo=(w,c,n)
        w,c,d=run([sys.executable,'-c',duckscript,duck[k]])
        if d.returncode: print(d.stderr[-500:])
        if bd is None or c<bd[1]: bd=(w,c,d.stdout.strip())
    print('%-8s ours wall %.2f cpu %.2f rows %s | duckdb wall %.2f cpu %.2f (less start-up %.2f) rows %s | ratio cpu %.2f wall %.2f'%(k,*bo,bd[0],bd[1],bd[1]-base,bd[2],bo[1]/max(bd[1]-base,0.001),bo[0]/bd[0]))
