-- The network that an invite is for, in CIDR notation; null means any.

alter table invite add column network text;
