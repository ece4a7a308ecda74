package dev.tidemark.schema.event;

import dev.tidemark.schema.id.KeyIdentity;

/** That a file is encrypted, and which key opens it. */
public record DiskEncryption(EncryptionFormat format, KeyIdentity key) {}
