-- Accounts elsewhere, known by issuer and subject and by nothing else.
create table upstream_identity (
  issuer      text not null,
  upstream_id text not null,                -- the provider's own identifier of the account
  id          text not null unique,         -- names it on pages
  provider    text not null,                -- what the operator calls the provider
  subject     text not null references person on delete cascade,
  shown       text not null,                -- what the provider calls the account; never compared
  admitted    integer not null,             -- came in by an allow-list: 1; linked by the person: 0
  created_at  integer not null,
  used_at     integer not null,
  checked_at  integer not null,             -- when membership was last confirmed
  token       blob,                         -- sealed; only where membership must be asked for again
  primary key (issuer, upstream_id)
) strict;

create index upstream_identity_subject on upstream_identity (subject);

-- A sign-in that is on its way through a provider, bound to the browser that began it.
create table upstream_attempt (
  state_hash   blob primary key,
  browser_hash blob not null,
  provider     text not null,
  onward       text not null,
  session_hash blob,                        -- whose account it is to be linked to
  setup_hash   blob,                        -- the setup link that it stands for
  network      text not null,
  expires_at   integer not null
) strict, without rowid;

create index upstream_attempt_network on upstream_attempt (network, expires_at);
