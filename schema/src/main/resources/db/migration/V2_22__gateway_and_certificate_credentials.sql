-- A gateway's credential is bound to its host: it speaks for that one and for no other.
--
-- A credential can be a client certificate, which is known by what stands in this table and not by what it says of itself: by the digest
-- of its public key (key:…), or by one of its alternative names (uri:…, dns:…). A name of that sort outlives many certificates and may be
-- recorded again after its end, so it is not unique here; of two that are valid at once, none counts.
ALTER TABLE tidemark.api_token_entry
    ADD COLUMN host text,
    ADD COLUMN certificate text CHECK (certificate ~ '^(key:[0-9a-f]{64}|(uri|dns):[!-~]{1,255})$'),
    DROP CONSTRAINT api_token_entry_check;

ALTER TABLE tidemark.api_token_entry
    ADD CONSTRAINT created_says_all CHECK
        (num_nonnulls(name, role, machines, expires_at) = CASE act WHEN 'CREATED' THEN 4 ELSE 0 END),
    ADD CONSTRAINT created_is_a_token_or_a_certificate CHECK
        (CASE act WHEN 'CREATED' THEN num_nonnulls(hash, certificate) = 1 AND num_nonnulls(hash, hint) IN (0, 2)
                  ELSE num_nonnulls(hash, hint, certificate) = 0 END),
    ADD CONSTRAINT gateways_have_a_host CHECK ((host IS NOT NULL) = (act = 'CREATED' AND role = 'GATEWAY'));

CREATE INDEX api_token_entry_certificate ON tidemark.api_token_entry (certificate);

CREATE OR REPLACE VIEW tidemark.api_token AS
SELECT made.token, made.name, made.role, made.machines, made.hash, made.hint, made.expires_at,
       made.at AS created_at, made.by_whom AS created_by, ended.at AS revoked_at, ended.by_whom AS revoked_by,
       made.host, made.certificate
  FROM tidemark.api_token_entry made
  LEFT JOIN tidemark.api_token_entry ended ON ended.token = made.token AND ended.act = 'REVOKED'
 WHERE made.act = 'CREATED';
