namespace TinyStore.Relay.Rooms;

/// <summary>The last rows of a room in memory, without gaps, bounded in bytes: what connections that keep up are served from.</summary>
internal sealed class RoomTail
{
    private readonly int _maxBytes;
    private readonly List<RoomRow> _rows = [];
    private int _start;
    private long _bytes;

    public RoomTail(int maxBytes) => _maxBytes = maxBytes;

    public void Add(RoomRow row)
    {
        if (_start < _rows.Count && _rows[^1].Sequence != row.Sequence - 1)
        {
            Clear();
        }

        _rows.Add(row);
        _bytes += Cost(row);
        while (_bytes > _maxBytes)
        {
            _bytes -= Cost(_rows[_start]);
            _rows[_start++] = null!;
        }

        if (_start > 64 && _start > _rows.Count / 2)
        {
            _rows.RemoveRange(0, _start);
            _start = 0;
        }
    }

    public void Clear()
    {
        _rows.Clear();
        _start = 0;
        _bytes = 0;
    }

    /// <summary>The rows after a number, up to a number of bytes and at least one; empty when the first of them is not here.</summary>
    public List<RoomRow> Read(long afterSequence, int maxBytes)
    {
        var result = new List<RoomRow>();
        if (_start == _rows.Count)
        {
            return result;
        }

        var index = _start + (afterSequence + 1 - _rows[_start].Sequence);
        if (index < _start)
        {
            return result;
        }

        for (long bytes = 0; index < _rows.Count && (result.Count == 0 || bytes < maxBytes); index++)
        {
            var row = _rows[(int)index];
            bytes += Cost(row);
            result.Add(row);
        }

        return result;
    }

    /// <summary>The bytes of an update, and roughly what its objects take.</summary>
    private static int Cost(RoomRow row) => row.Row.Update.Length + 200;
}
