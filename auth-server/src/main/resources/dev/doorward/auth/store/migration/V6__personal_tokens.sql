-- Tokens that people make for clients without OAuth. A row that is gone is a token that was revoked or ran out.
create table personal_token (
  id         text primary key,
  hash       blob not null unique,
  subject    text not null references person on delete cascade,
  name       text not null,
  resource   text not null,
  scope      text not null,
  created_at integer not null,
  expires_at integer not null,
  used_at    integer                        -- to some minutes
) strict;

create index personal_token_subject on personal_token (subject);
