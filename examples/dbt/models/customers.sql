SELECT
    customer_id,
    count(*) AS transactions,
    sum(transaction_amount) AS amount,
    min(created_at) AS first_at,
    max(created_at) AS last_at
FROM {{ source('commerce', 'transactions') }}
WHERE customer_id IS NOT NULL
GROUP BY customer_id
