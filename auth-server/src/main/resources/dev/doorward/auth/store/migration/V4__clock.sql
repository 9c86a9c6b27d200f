-- The latest time that was seen, in milliseconds since 1970: a clock that steps back revives nothing.
create table clock_mark (
  one integer primary key check (one = 1),
  at  integer not null
) strict;
