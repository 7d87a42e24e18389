using TinyStore.Yjs;

namespace TinyStore.Crdt.Files.Records;

/// <summary>
/// Merges many updates into one, in groups: what was merged is merged again only with what is as large, so that each byte is
/// touched a number of times that grows with the logarithm of their number.
/// </summary>
internal sealed class UpdateGatherer
{
    private const int GroupBytes = 64 << 10;

    private readonly List<ReadOnlyMemory<byte>> _merged = []; // each at most half as long as the one before
    private readonly List<ReadOnlyMemory<byte>> _group = [];
    private int _groupBytes;

    /// <summary>Takes an update.</summary>
    /// <exception cref="YUpdateFormatException">It is malformed.</exception>
    public void Add(ReadOnlySpan<byte> update)
    {
        YUpdate.Validate(update);
        _group.Add(update.ToArray());
        _groupBytes += update.Length;
        if (_groupBytes >= GroupBytes)
        {
            EndGroup();
        }
    }

    /// <summary>All of them in one; empty when there were none.</summary>
    public ReadOnlyMemory<byte> Merge()
    {
        EndGroup();
        return MergeAll(_merged);
    }

    private void EndGroup()
    {
        if (_group.Count == 0)
        {
            return;
        }

        var merged = MergeAll(_group);
        _group.Clear();
        _groupBytes = 0;
        while (_merged.Count > 0 && _merged[^1].Length < 2L * merged.Length)
        {
            merged = YUpdate.Merge([_merged[^1], merged]);
            _merged.RemoveAt(_merged.Count - 1);
        }

        _merged.Add(merged);
    }

    private static ReadOnlyMemory<byte> MergeAll(List<ReadOnlyMemory<byte>> updates) => updates.Count switch
    {
        0 => default,
        1 => updates[0],
        _ => YUpdate.Merge(updates),
    };
}
