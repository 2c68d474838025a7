SELECT customer_id, amount
FROM {{ ref('customers') }}
ORDER BY amount DESC
LIMIT 100
