#!/bin/sh
# The role of the product owns its database and is no superuser; cxcrm refuses to start as one.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -v password="$CXCRM_PASSWORD" <<'SQL'
CREATE ROLE cxcrm LOGIN PASSWORD :'password';
CREATE DATABASE cxcrm OWNER cxcrm ENCODING 'UTF8' TEMPLATE template0;
SQL
