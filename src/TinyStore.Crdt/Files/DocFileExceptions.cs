namespace TinyStore.Crdt;

/// <summary>The file is not a document file, or it is damaged. Neither the file nor the document was changed.</summary>
public sealed class DocFileFormatException : IOException
{
    internal DocFileFormatException(string path, IReadOnlyList<DocFileDamage> damage, string message, Exception? inner = null)
        : base(message, inner)
    {
        Path = path;
        Damage = damage;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The damaged parts, in order; empty when the file is none of ours, or of a later version.</summary>
    public IReadOnlyList<DocFileDamage> Damage { get; }
}

/// <summary>The file is open: in another process, or in another <see cref="DocFile"/> of this one.</summary>
public sealed class DocFileInUseException : IOException
{
    internal DocFileInUseException(string path)
        : base($"The document file '{path}' is in use by another process, or by another DocFile of this one. One at a time can keep a document; close the other, or use another file.") => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
