-- The server's metadata, layout 3. A commit holds its changes; contents are files named by SHA-256, outside this
-- database.
CREATE TABLE repository (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,                      -- model, dataset, space
    name TEXT NOT NULL COLLATE NOCASE,       -- owner/name
    private INTEGER NOT NULL,
    sdk TEXT,                                -- of a space
    created TEXT NOT NULL,
    gated TEXT,                              -- auto, manual: who asks may read the files, at once or once accepted
    UNIQUE (type, name)
);
CREATE TABLE redirect (                      -- the old names of repositories that moved
    type TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    PRIMARY KEY (type, name)
);
CREATE TABLE line (                          -- commits that followed each other on one branch or pull request
    id INTEGER PRIMARY KEY,
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    owner TEXT NOT NULL,                     -- the reference that its commits were made on: heads/main, pr/7
    base INTEGER,                            -- the line that it continues, if it does not begin empty,
    since INTEGER                            -- as it was at this commit (its number)
);
CREATE TABLE revision (                      -- commits
    number INTEGER PRIMARY KEY,              -- greater than those of all commits before it
    id TEXT NOT NULL UNIQUE,                 -- 40 hex digits
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    line INTEGER NOT NULL REFERENCES line ON DELETE CASCADE,
    parent TEXT,
    merged TEXT,                             -- second parent of a merge
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL
);
CREATE INDEX revision_line ON revision (line);
CREATE INDEX revision_repository ON revision (repository);
CREATE TABLE entry (                         -- what a commit changed: of a path's rows, the one with the greatest
    line INTEGER NOT NULL REFERENCES line ON DELETE CASCADE,    -- number up to a commit's own is the file there
    path TEXT NOT NULL,
    revision INTEGER NOT NULL,               -- the commit's number
    sha256 TEXT,                             -- null: the path was removed
    size INTEGER,
    blob_id TEXT,                            -- git's id of the file, of the pointer if it is an LFS file
    lfs INTEGER,
    PRIMARY KEY (line, path, revision)
) WITHOUT ROWID;
CREATE INDEX entry_revision ON entry (revision);
CREATE INDEX entry_sha256 ON entry (sha256);
CREATE TABLE reference (
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    kind TEXT NOT NULL,                      -- heads, tags, pr
    name TEXT NOT NULL,
    revision TEXT NOT NULL,
    PRIMARY KEY (repository, kind, name)
) WITHOUT ROWID;
CREATE TABLE lfs_object (                    -- what was uploaded to a repository: another's contents are not its own
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (repository, sha256)
) WITHOUT ROWID;
CREATE TABLE discussion (
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,                    -- draft, open, closed, merged
    author TEXT NOT NULL,
    pull_request INTEGER NOT NULL,
    created TEXT NOT NULL,
    merge TEXT,
    base TEXT NOT NULL DEFAULT 'main',       -- the branch that a pull request is for
    PRIMARY KEY (repository, number)
) WITHOUT ROWID;
CREATE TABLE event (                         -- what happened in a discussion, in order
    id TEXT PRIMARY KEY,
    repository INTEGER NOT NULL,
    number INTEGER NOT NULL,
    type TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    data TEXT NOT NULL,                      -- JSON, as the clients read it
    FOREIGN KEY (repository, number) REFERENCES discussion ON DELETE CASCADE
);
CREATE INDEX event_discussion ON event (repository, number);
CREATE TABLE access_request (                -- who asked to read the files of a gated repository, or was let in
    id TEXT PRIMARY KEY,
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    user TEXT NOT NULL,
    status TEXT NOT NULL,                    -- pending, accepted, rejected
    created TEXT NOT NULL,
    fields TEXT NOT NULL,                    -- JSON: what the reader filled in
    reason TEXT,                             -- of a rejection
    UNIQUE (repository, user)
);
CREATE TABLE liked (
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    user TEXT NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (repository, user)
) WITHOUT ROWID;
CREATE TABLE collection (                    -- repositories that somebody put together
    id TEXT PRIMARY KEY,                     -- 24 hex digits, the end of its slug
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    private INTEGER NOT NULL,
    theme TEXT NOT NULL,
    position INTEGER NOT NULL,
    updated TEXT NOT NULL
);
CREATE TABLE collection_item (
    id TEXT PRIMARY KEY,
    collection TEXT NOT NULL REFERENCES collection ON DELETE CASCADE,
    repository INTEGER REFERENCES repository ON DELETE CASCADE,
    nested TEXT REFERENCES collection ON DELETE CASCADE,    -- instead of a repository
    position INTEGER NOT NULL,
    note TEXT,
    UNIQUE (collection, repository),
    UNIQUE (collection, nested)
);
CREATE TABLE erased_content (                -- what an operator took down in a repository, wherever it stood there
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    why TEXT NOT NULL,
    erased TEXT NOT NULL,
    PRIMARY KEY (repository, sha256)
) WITHOUT ROWID;
CREATE TABLE erased_repository (             -- what an operator took down whole, under each of its names
    type TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    private INTEGER NOT NULL,
    why TEXT NOT NULL,
    erased TEXT NOT NULL,
    PRIMARY KEY (type, name)
) WITHOUT ROWID;
CREATE TRIGGER tag_never_moves BEFORE UPDATE ON reference WHEN old.kind = 'tags'
BEGIN SELECT RAISE(ABORT, 'a tag never moves'); END;
-- Deleting a repository deletes its references, and so fires this too; only an erased one's tags go.
CREATE TRIGGER tag_never_goes BEFORE DELETE ON reference WHEN old.kind = 'tags' AND NOT EXISTS (
    SELECT 1 FROM repository JOIN erased_repository USING (type, name) WHERE repository.id = old.repository
)
BEGIN SELECT RAISE(ABORT, 'a tag never moves'); END;
