-- Thumbprint (RFC 7638) of the key that a client must prove (RFC 9449), where it asked for that.

alter table authorization_request add column dpop_key text;
alter table code add column dpop_key text;
alter table access_grant add column dpop_key text;
