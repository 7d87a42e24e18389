namespace TinyStore.Crdt.Files.Storage;

/// <summary>What a document file needs of a file system. Tests put one in its place that fails or forgets.</summary>
internal abstract class DocStorage
{
    /// <summary>Takes a lock that the system lets go of when the process ends, however it ends.</summary>
    /// <returns>Dispose it to let go; null when somebody else holds it.</returns>
    public abstract IDisposable? TryLock(string path);

    public abstract bool Exists(string path);

    /// <summary>Opens a file that exists, for reading and writing.</summary>
    public abstract IStorageFile Open(string path);

    /// <summary>Opens a file that exists, for reading.</summary>
    public abstract IStorageFile OpenRead(string path);

    /// <summary>Makes an empty file, in place of what is there.</summary>
    public abstract IStorageFile Create(string path);

    public abstract void Delete(string path);

    /// <summary>Puts a file in the place of another in one step: whatever happens, the name leads to one of the two.</summary>
    public abstract void Replace(string source, string destination);

    /// <summary>Returns when creations and replacements in the directory of that file survive the loss of power.</summary>
    public abstract void FlushDirectoryOf(string path);
}
