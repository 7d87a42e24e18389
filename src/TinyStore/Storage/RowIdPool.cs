using System.Globalization;

namespace TinyStore;

/// <summary>Hands out the row ids "0", "1", … of one table, those of deleted rows again first.</summary>
internal sealed class RowIdPool
{
    private const int MaxReleased = 1000;

    private readonly Queue<string> _released = new();
    private long _next;

    public string Take(bool reuse) => reuse && _released.TryDequeue(out var id)
        ? id
        : _next++.ToString(CultureInfo.InvariantCulture);

    public void Release(string id)
    {
        if (_released.Count < MaxReleased && id.Length > 0 && !id.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            _released.Enqueue(id);
        }
    }
}
