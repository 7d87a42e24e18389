namespace TinyStore;

/// <summary>How to sort row ids, and which page of them to take.</summary>
public readonly record struct SortOptions
{
    private readonly int _offset;
    private readonly int? _limit;

    /// <summary>The order where no other is given: numbers by value, among them false as 0, true as 1, and null and a missing
    /// cell as 0; then strings by UTF-16 code units; then objects and arrays, which are all equal.</summary>
    public static IComparer<CellValue> DefaultComparer { get; } = Comparer<CellValue>.Create(Compare);

    /// <summary>Whether the largest comes first. Rows that compare equal are then in reverse too.</summary>
    /// <value>The default value is false.</value>
    public bool Descending { get; init; }

    /// <summary>How many rows to leave out at the begin.</summary>
    /// <value>The default value is 0.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Offset
    {
        get => _offset;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _offset = value;
        }
    }

    /// <summary>How many rows to give at most.</summary>
    /// <value>The default value is null: all.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? Limit
    {
        get => _limit;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value.GetValueOrDefault(), nameof(value));
            _limit = value;
        }
    }

    /// <summary>Another order. A missing cell comes as <see cref="CellKind.Undefined"/>; rows that compare equal keep the order of
    /// the table, descending too.</summary>
    /// <value>The default value is null: <see cref="DefaultComparer"/>.</value>
    public IComparer<CellValue>? Comparer { get; init; }

    private static int Compare(CellValue x, CellValue y)
    {
        var (rankX, rankY) = (Rank(x), Rank(y));
        return rankX != rankY ? rankX - rankY : rankX switch
        {
            0 => Number(x).CompareTo(Number(y)),
            1 => string.CompareOrdinal(x.AsString(), y.AsString()),
            _ => 0,
        };
    }

    private static int Rank(CellValue value) => value.Kind switch
    {
        CellKind.String => 1,
        CellKind.Object or CellKind.Array => 2,
        _ => 0,
    };

    private static double Number(CellValue value) =>
        value.TryGetDouble(out var number) ? number : value.TryGetBoolean(out var boolean) && boolean ? 1 : 0;
}
