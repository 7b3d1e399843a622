/*
The end, exclusive, of the span that a time can mean; `earliest` is its beginning.
*/
create or replace macro quarantine.latest(written_at, precision_code) as
    case precision_code
        when 'month' then date_trunc('month', written_at) + interval '1' month
        when 'day' then date_trunc('day', written_at) + interval '1' day
        when 'minute' then date_trunc('minute', written_at) + interval '1' minute
        else date_trunc('second', written_at) + interval '1' second
    end
