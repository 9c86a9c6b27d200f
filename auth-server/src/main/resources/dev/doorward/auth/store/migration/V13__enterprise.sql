-- Who people are to the identity providers that the operator trusts (iss and sub of their assertions).
create table enterprise_identity (
  issuer  text not null,
  name    text not null,
  subject text not null references person on delete cascade,
  primary key (issuer, name)
) strict, without rowid;

create index enterprise_identity_subject on enterprise_identity (subject);

-- Assertions that were used, until they have ended; each is good once.
create table enterprise_assertion (
  hash      blob primary key,               -- SHA-256 of iss and jti
  forget_at integer not null
) strict, without rowid;
