-- Programs that may ask what a token is worth (RFC 7662), each for the services that it stands for.
create table resource_server (
  id          text primary key,
  name        text not null unique,
  secret_hash blob not null,
  services    text not null,                -- one a line
  created_at  integer not null
) strict;
