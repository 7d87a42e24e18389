namespace TinyStore.Crdt.Files.Storage;

/// <summary>One open file. Offsets and lengths are in bytes. One user at a time, except that reads may overlap a write elsewhere.</summary>
internal interface IStorageFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads at an offset; 0 at the end of the file, else at least one byte.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all of the bytes at an offset; they may stay in the system's cache.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    void SetLength(long length);

    /// <summary>Returns when everything written so far survives the loss of power, as far as the device keeps its word.</summary>
    void Flush();
}
