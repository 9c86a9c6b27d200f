-- Failed sign-ins in a row. What is counted (an account, a network, a browser) is hashed under the
-- seal key: a name that was typed may be a mistyped password.
create table sign_in_failure (
  key      blob primary key,
  subject  text references person on delete cascade,
  failures integer not null,
  until    integer not null,                -- no attempt before then
  seen_at  integer not null
) strict, without rowid;

create index sign_in_failure_seen on sign_in_failure (seen_at);
create index sign_in_failure_subject on sign_in_failure (subject);

-- Sessions say where they are and how fresh they are, so everybody signs in anew once.
drop table session;

create table session (
  hash       blob primary key,
  id         text not null unique,          -- names the session on the account page
  subject    text not null references person on delete cascade,
  method     text not null,                 -- how the person signed in
  browser    text not null,                 -- what the browser calls itself, in short
  network    text not null,                 -- prefix of the address at sign-in
  created_at integer not null,              -- signing in again makes a new session
  seen_at    integer not null
) strict, without rowid;

create index session_subject on session (subject);
