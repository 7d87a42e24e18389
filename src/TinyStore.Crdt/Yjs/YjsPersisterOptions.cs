using TinyStore.Persisters;

namespace TinyStore.Crdt;

/// <summary>How a document holds the store's content.</summary>
public enum DocLayout
{
    /// <summary>
    /// As TinyBase's own Yjs persister writes it: a root map with the maps <c>t</c> (tables of rows of cells) and <c>v</c>
    /// (values). JavaScript peers that use TinyBase work on the same document.
    /// </summary>
    Nested,

    /// <summary>
    /// The root maps <c>&lt;root&gt;/cells</c>, with a key for each cell, and <c>&lt;root&gt;/values</c>. There is no container
    /// that could be lost, whatever the other peers run; each cell costs its whole address. docs/convergence.md has the format.
    /// </summary>
    Flat,
}

/// <summary>How a <see cref="YjsPersister"/> works. All peers of a document must agree on it.</summary>
public sealed class YjsPersisterOptions : PersisterOptions
{
    /// <summary>The name of the root map; in the flat layout, what the names of both root maps begin with.</summary>
    /// <value>The default is <c>tinybase</c>, as TinyBase has it.</value>
    public string RootName { get; set; } = ContainerIds.DefaultRoot;

    /// <summary>How the document holds the content.</summary>
    /// <value>The default is <see cref="DocLayout.Nested"/>.</value>
    public DocLayout Layout { get; set; } = DocLayout.Nested;

    /// <summary>
    /// Whether to write into a document that has nothing yet also while a provider is attached whose first sync is not
    /// complete. Otherwise the store's changes stay unsaved until then (<see cref="CrdtPersister.IsWaitingForFirstSync"/>; an
    /// explicit save completes then, and disposing saves at once): the document may be an old one. In the nested layout its
    /// content would have to move from the containers of JavaScript peers into these. It does move, but peers that have it take
    /// note of it only from the next update on. In both layouts the initial content would compete with what others wrote.
    /// </summary>
    /// <value>The default is <see langword="false"/>. Set it where all peers are .NET peers and initial content is the same.</value>
    public bool CreateContainersBeforeFirstSync { get; set; }

    /// <summary>
    /// For the nested layout: tables in which every row id is made once and nowhere else, such as a GUID. Their rows are plain
    /// maps, which keeps the document's state vector short. In all other tables two peers may choose the same id while apart,
    /// so that each row gets a client id of its own, the same at both. Row ids of the shape that
    /// <see cref="Store.NewUniqueRowId"/> makes count as made once in every table.
    /// </summary>
    /// <value>The default is empty: row ids are chosen by the app.</value>
    public ISet<string> TablesWithUniqueRowIds { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// For the nested layout: client ids under which this peer wrote to the document in earlier sessions, from
    /// <see cref="DocFile.SessionClientIds"/> where a file keeps the document, else <see cref="YjsPersister.OwnClientIds"/> of
    /// each session, kept beside it. What it wrote then, and a TinyBase peer deletes without having seen it, it writes again.
    /// </summary>
    /// <value>The default is empty.</value>
    public ISet<ulong> OwnClientIds { get; } = new HashSet<ulong>();

    /// <summary>For tests only: makes containers as TinyBase does, which loses what peers create concurrently.</summary>
    internal bool PlainContainers { get; set; }
}
