-- The server's metadata. A commit holds its whole tree; contents are files named by SHA-256, outside this database.
CREATE TABLE repository (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,                      -- model, dataset, space
    name TEXT NOT NULL COLLATE NOCASE,       -- owner/name
    private INTEGER NOT NULL,
    sdk TEXT,                                -- of a space
    created TEXT NOT NULL,
    UNIQUE (type, name)
);
CREATE TABLE redirect (                      -- the old names of repositories that moved
    type TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    PRIMARY KEY (type, name)
);
CREATE TABLE revision (                      -- commits
    id TEXT PRIMARY KEY,                     -- 40 hex digits
    repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
    parent TEXT,
    merged TEXT,                             -- second parent of a merge
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL
);
CREATE TABLE entry (                         -- the files of a commit
    revision TEXT NOT NULL REFERENCES revision ON DELETE CASCADE,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    blob_id TEXT NOT NULL,                   -- git's id of the file, of the pointer if it is an LFS file
    lfs INTEGER NOT NULL,
    changed TEXT NOT NULL,                   -- the commit that last changed it
    PRIMARY KEY (revision, path)
) WITHOUT ROWID;
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
CREATE TRIGGER tag_never_moves BEFORE UPDATE ON reference WHEN old.kind = 'tags'
BEGIN SELECT RAISE(ABORT, 'a tag never moves'); END;
-- Deleting a repository deletes its references, and so fires this too.
CREATE TRIGGER tag_never_goes BEFORE DELETE ON reference WHEN old.kind = 'tags'
BEGIN SELECT RAISE(ABORT, 'a tag never moves'); END;
