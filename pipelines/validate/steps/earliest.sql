/*
The first instant that a time can mean: one written to the day can be any instant of that day.
*/
create or replace macro quarantine.earliest(written_at, precision_code) as
    case precision_code
        when 'month' then date_trunc('month', written_at)
        when 'day' then date_trunc('day', written_at)
        when 'minute' then date_trunc('minute', written_at)
        else date_trunc('second', written_at)
    end
