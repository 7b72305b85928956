-- What the server knows of Xet. Only a help: without it files are read over plain HTTP and uploaded as a whole.
CREATE TABLE content (               -- files whose chunks are known
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,       -- Xet's of the file
    sha256 TEXT NOT NULL,            -- where its bytes are
    size INTEGER NOT NULL
);
CREATE INDEX content_sha256 ON content (sha256);
CREATE TABLE part (                  -- a file's chunks, in runs that are served as xorbs
    content INTEGER NOT NULL,
    start INTEGER NOT NULL,          -- in the file
    xorb BLOB NOT NULL,
    PRIMARY KEY (content, start)
) WITHOUT ROWID;
CREATE TABLE xorb (                  -- those that clients uploaded, and the runs above
    hash BLOB PRIMARY KEY,
    chunks BLOB NOT NULL             -- hashes and sizes
);
CREATE TABLE place (                 -- where the bytes of a chunk are
    chunk BLOB NOT NULL,
    content INTEGER NOT NULL,
    start INTEGER NOT NULL,
    PRIMARY KEY (chunk, content)
) WITHOUT ROWID;
CREATE TABLE waiting (               -- xorbs that were uploaded to a repository, and whose files are not complete
    repository INTEGER NOT NULL,
    xorb BLOB NOT NULL,
    PRIMARY KEY (repository, xorb)
) WITHOUT ROWID;
CREATE TABLE client_cache (          -- the name of what clients remember of a repository's xorbs
    repository INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
