using TinyStore.Crdt.Files.Storage;

namespace TinyStore.Crdt.Files.Records;

/// <summary>The verdict on a document file, before anything of it is used.</summary>
/// <param name="Marker">The file's marker; 0 when no record is intact and the header neither.</param>
/// <param name="End">Where the part worth keeping ends.</param>
/// <param name="Damage">Damaged parts before <paramref name="End"/>, in order.</param>
/// <param name="TornTail">What follows <paramref name="End"/>, if anything does.</param>
internal sealed record FileCheck(uint Marker, long End, IReadOnlyList<DocFileDamage> Damage, DocFileDamage? TornTail)
{
    /// <summary>
    /// Reads the whole file and tells a write that was cut short from damage.
    /// <code>
    ///  header │ r r r │ r r ▒ r ▒▒          ▒ not intact        r an intact record
    ///               flush   ╰─ torn tail: what one write left; was never reported as saved
    ///
    ///  header │ r r r │ r ▒ r │ r* r r      r* says "everything before me was safe on the disk":
    ///               flush ╰─ damage: ▒ was whole once, and has changed since
    /// </code>
    /// The system writes the blocks of one write in any order, so an intact record behind a bad one proves nothing unless a
    /// flush lies between them. The first record after each flush says so (<see cref="RecordHeader.FlushedBefore"/>).
    /// </summary>
    public static FileCheck Run(IStorageFile file, long length)
    {
        Span<byte> start = stackalloc byte[FileHeader.Size];
        List<DocFileDamage> damage = [];
        if (!TryReadHeader(file, start, out var version, out var marker))
        {
            damage.Add(new DocFileDamage(DocFileDamageKind.Header, 0, Math.Min(length, FileHeader.Size), "the header is not intact"));
            if (RecordReader.FindMarker(file, length) is not { } found)
            {
                return new FileCheck(0, Math.Min(length, FileHeader.Size), damage, null);
            }

            marker = found;
        }
        else if (version != FileHeader.Version)
        {
            throw new NotSupportedException($"It has version {version} of the format, and this library reads version {FileHeader.Version}.");
        }

        using var reader = new RecordReader(file, marker, FileHeader.Size, length);
        List<DocFileDamage> undecided = [];
        var end = reader.Position;
        while (true)
        {
            switch (reader.Read())
            {
                case RecordResult.Record:
                    if (undecided.Count > 0 && reader.Header.FlushedBefore)
                    {
                        damage.AddRange(undecided);
                        undecided.Clear();
                    }

                    if (undecided.Count == 0)
                    {
                        end = reader.Position;
                    }

                    break;
                case RecordResult.Bad:
                    var (offset, fault) = (reader.Position, reader.Fault);
                    reader.Resync();
                    undecided.Add(new DocFileDamage(DocFileDamageKind.Record, offset, reader.Position - offset, fault));
                    break;
                default:
                    return new FileCheck(marker, end, damage, TailOf(undecided, length));
            }
        }
    }

    private static bool TryReadHeader(IStorageFile file, Span<byte> start, out uint version, out uint marker)
    {
        var read = 0;
        while (read < start.Length && file.Read(read, start[read..]) is > 0 and var count)
        {
            read += count;
        }

        return FileHeader.TryRead(start[..read], out version, out marker);
    }

    private static DocFileDamage? TailOf(List<DocFileDamage> undecided, long length) =>
        undecided.Count == 0
            ? null
            : undecided[0] with { Kind = DocFileDamageKind.TornTail, Length = length - undecided[0].Offset };
}
